"""The functions a PAC script may call, in JavaScript, as Mozilla defines them (developer.mozilla.org, "PAC file").

`__known` holds the addresses of names that were looked up before; a name that is not in it is put into `__needs`, and
the script begins anew once it is there. `__now` is the time in milliseconds, `__own` this machine's address.
"""

from __future__ import annotations

FUNCTIONS = r"""
"use strict";
(function (scope) {
  const DAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];
  const MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
  const QUAD = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/;

  function addresses(host) {
    const name = String(host).toLowerCase();
    if (QUAD.test(name) || name.indexOf(":") >= 0) return [name];
    if (!Object.prototype.hasOwnProperty.call(scope.__known, name)) {
      scope.__needs.push(name);
      throw new Error("a name to look up");
    }
    return scope.__known[name];
  }
  function quad(text) {
    const parts = QUAD.exec(String(text));
    if (!parts) return null;
    const bytes = parts.slice(1).map(Number);
    return bytes.every((byte) => byte <= 255) ? bytes : null;
  }
  function number(bytes) {
    return ((bytes[0] << 24) | (bytes[1] << 16) | (bytes[2] << 8) | bytes[3]) >>> 0;
  }
  function clock(args) {
    const values = Array.prototype.slice.call(args);
    const isGmt = values.length > 0 && String(values[values.length - 1]).toUpperCase() === "GMT";
    if (isGmt) values.pop();
    const now = new Date(scope.__now);
    const get = (what) => now["get" + (isGmt ? "UTC" : "") + what]();
    return { values: values, get: get };
  }
  function compare(a, b) {
    for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return a[i] < b[i] ? -1 : 1;
    return 0;
  }
  function isBetween(now, from, to) {
    if (compare(from, to) <= 0) return compare(from, now) <= 0 && compare(now, to) <= 0;
    return compare(from, now) <= 0 || compare(now, to) <= 0;
  }

  scope.alert = function () {};
  scope.isPlainHostName = (host) => !/[.:]/.test(String(host));
  scope.dnsDomainIs = (host, domain) => String(host).endsWith(String(domain));
  scope.dnsDomainLevels = (host) => String(host).split(".").length - 1;
  scope.localHostOrDomainIs = (host, full) => host === full || String(full).startsWith(host + ".");
  scope.convert_addr = function (text) {
    const bytes = quad(text);
    return bytes ? number(bytes) | 0 : 0;
  };
  scope.dnsResolve = function (host) {
    const four = addresses(host).filter((address) => QUAD.test(address));
    return four.length ? four[0] : null;
  };
  scope.isResolvable = (host) => scope.dnsResolve(host) !== null;
  scope.myIpAddress = () => scope.__own || "127.0.0.1";
  scope.isInNet = function (host, pattern, mask) {
    const net = quad(pattern), bits = quad(mask);
    const own = quad(host) || quad(scope.dnsResolve(host));
    if (!own || !net || !bits) return false;
    return (number(own) & number(bits)) === (number(net) & number(bits));
  };
  scope.shExpMatch = function (text, pattern) {
    const escaped = String(pattern).replace(/[.+^${}()|[\]\\]/g, "\\$&");
    return new RegExp("^" + escaped.replace(/\*+/g, ".*").replace(/\?/g, ".") + "$").test(String(text));
  };
  scope.weekdayRange = function () {
    const { values, get } = clock(arguments);
    const wanted = values.map((value) => DAYS.indexOf(String(value).toUpperCase()));
    if (wanted.length < 1 || wanted.length > 2 || wanted.indexOf(-1) >= 0) return false;
    return isBetween([get("Day")], [wanted[0]], [wanted[wanted.length - 1]]);
  };
  function datePart(value) {
    const month = MONTHS.indexOf(String(value).toUpperCase());
    if (month >= 0) return ["Month", month];
    const count = parseInt(value, 10);
    if (isNaN(count)) return null;
    return count > 31 ? ["FullYear", count] : ["Date", count];
  }
  scope.dateRange = function () {
    const { values, get } = clock(arguments);
    const parts = values.map(datePart);
    if ([1, 2, 4, 6].indexOf(parts.length) < 0 || parts.indexOf(null) >= 0) return false;
    const half = parts.length === 1 ? 1 : parts.length / 2;
    const order = ["FullYear", "Month", "Date"];
    const side = (some) => some.slice().sort((a, b) => order.indexOf(a[0]) - order.indexOf(b[0]));
    const from = side(parts.slice(0, half)), to = side(parts.slice(parts.length - half));
    if (from.some((part, i) => part[0] !== to[i][0])) return false;
    return isBetween(from.map((part) => get(part[0])), from.map((part) => part[1]), to.map((part) => part[1]));
  };
  scope.timeRange = function () {
    const { values, get } = clock(arguments);
    const wanted = values.map(Number), hour = get("Hours"), minute = get("Minutes"), second = get("Seconds");
    if (wanted.some(isNaN)) return false;
    switch (wanted.length) {
      case 1: return hour === wanted[0];
      case 2: return isBetween([hour], [wanted[0]], [wanted[1]]);
      case 4: return isBetween([hour, minute], wanted.slice(0, 2), wanted.slice(2));
      case 6: return isBetween([hour, minute, second], wanted.slice(0, 3), wanted.slice(3));
      default: return false;
    }
  };
})(globalThis);
"""
