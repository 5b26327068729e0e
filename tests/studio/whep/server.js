// A WHEP server for the tests: `node server.js PORT JANUS`. What is posted to /create becomes an endpoint.
import express from "express";
import { JanusWhepServer } from "janus-whep-server";
import process from "node:process";

const [port, address] = process.argv.slice(2);
const app = express();
const server = new JanusWhepServer({ janus: { address }, rest: { app, basePath: "/whep" } });
app.post("/create", express.json(), (request, response) => {
    server.createEndpoint(request.body);
    response.sendStatus(200);
});
await server.start();
app.listen(Number(port));
