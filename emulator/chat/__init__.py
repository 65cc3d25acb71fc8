"""Where people talk to one another: rooms over open sockets. It knows no HTTP and no cloud."""
