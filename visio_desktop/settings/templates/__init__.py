"""What an administrator deploys and reads, made from the schema: nothing is named here that is not a row there.

`rows` says of each setting what all of them show; `admx`, `profile` (macOS), `sample` (JSON) and `table` (Markdown) put
it into their forms, `formats` finds them by name.
"""
