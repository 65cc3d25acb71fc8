"""The documents of a small cloud, to be made wrong."""

ANSWERS = "responses: {'200': {description: Yes., content: {application/json: {schema: {type: object}}}}}"
OPENAPI = f"""
openapi: 3.1.0
info: {{title: Small}}
servers: [{{url: https://small.example/v1}}]
paths:
  /things:
    get: {{operationId: listThings, {ANSWERS}}}
    post: {{operationId: makeThing, {ANSWERS}}}
"""
SOCKETS = """
sockets:
  talk: {path: /talk, from_server: {hello: {schema: {type: object}}}}
"""
