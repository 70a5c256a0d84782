package dev.brume.http;

import java.io.IOException;

/// The address to listen on is taken.
public final class PortInUse extends IOException {
  private static final long serialVersionUID = 1L;

  PortInUse(String host, int port, Throwable cause) {
    super("port " + port + " on " + host + " is in use by another program", cause);
  }
}
