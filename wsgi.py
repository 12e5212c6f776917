"""The WSGI entry: `gunicorn wsgi:app`, or `flask --app wsgi projects …` for commands."""

import gc
import os
import sys

from projects import create_app
from projects.config import check_serving
from projects.core.errors import ConfigError

gc.disable()  # nothing of what is made from here on is garbage: looking for it takes a tenth of starting
app = create_app()
gc.enable()
gc.collect()
# what the application itself consists of is left out of later collections: a fifth of the time of pages with thousands
# of rows
gc.freeze()

if os.environ.get("FLASK_RUN_FROM_CLI") != "true":
    try:
        check_serving(app.config, debug=app.debug)
    except ConfigError as problem:
        sys.exit(f"refused to serve: {problem}")
elif "run" in sys.argv[1:]:
    sys.exit("refused to serve: the debug server is not for use; start with `make run` or a WSGI server")
