"""The front door as a file: ``python app.py`` serves the app, here and on a Space."""

from front_door.app import main

if __name__ == "__main__":
    main()
