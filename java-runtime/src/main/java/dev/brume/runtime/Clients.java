package dev.brume.runtime;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;

/// Makes a client of each part of the AWS SDK for Java 2.x that a function has, and asks it for
/// something that goes nowhere, while the process waits for that function. Both are thrown away:
/// what stays is that the SDK's classes are initialised and its code is compiled, which is nearly
/// all that a client takes to be made.
///
/// Only the SDK's own code runs: where it would reach something of the function's, a logging
/// framework that reads the function's configuration or an interceptor of requests, nothing is
/// done.
final class Clients {
  private static final String SDK = "software.amazon.awssdk.";
  private static final Pattern CLIENT =
      Pattern.compile(
          "software/amazon/awssdk/services/\\w+/[A-Z][A-Za-z0-9]*(?<!Async)Client\\.class");
  private static final Pattern QUESTION = Pattern.compile("list[A-Z].*(?<!Paginator)");
  private static final List<String> FUNCTIONS_OWN =
      List.of(
          "META-INF/services/org.slf4j.spi.SLF4JServiceProvider",
          "org/slf4j/impl/StaticLoggerBinder.class",
          "org/apache/logging/log4j/core/LoggerContext.class",
          "software/amazon/awssdk/global/handlers/execution.interceptors");
  private static final int CLIENTS_MAX = 8;
  private static final int QUESTIONS_MAX = 3;
  private final ClassLoader loader = ClassLoader.getSystemClassLoader();
  private final PrintStream errors = System.err;
  private final ByteArrayOutputStream said = new ByteArrayOutputStream();
  private final String classPath;
  private boolean wanted = true;

  /// @param classPath with the function's jars
  Clients(String classPath) {
    this.classPath = classPath;
  }

  /// Goes on until it is told to [#stop]; to be called aside.
  void rehearse() {
    try {
      if (FUNCTIONS_OWN.stream().anyMatch(name -> loader.getResource(name) != null)) {
        return;
      }
      List<String> names = names();
      // Who brings the whole SDK uses a little of it, and who knows which.
      if (names.size() <= CLIENTS_MAX) {
        for (String name : names) {
          use(Class.forName(name, false, loader));
        }
      }
    } catch (Exception | LinkageError e) {
      // Not the SDK as it is known here: the function itself will be the first to use it.
      stop();
    }
  }

  /// The process becomes the function. What was said meanwhile is said now.
  synchronized void stop() {
    if (wanted) {
      wanted = false;
      System.setErr(errors);
      errors.print(said.toString(StandardCharsets.UTF_8));
    }
  }

  // Whether it may go on; then what is said is kept from now on.
  private synchronized boolean goesOn() throws IOException {
    if (wanted && System.err == errors) {
      System.setErr(new PrintStream(said, true, "UTF-8"));
    }
    return wanted;
  }

  private List<String> names() throws IOException {
    var names = new ArrayList<String>();
    for (String jar : classPath.split(File.pathSeparator, -1)) {
      try (var file = new JarFile(jar)) {
        file.stream()
            .map(ZipEntry::getName)
            .filter(name -> CLIENT.matcher(name).matches())
            .map(name -> name.substring(0, name.lastIndexOf('.')).replace('/', '.'))
            .forEach(names::add);
      }
    }
    return names;
  }

  private void use(Class<?> type) throws Exception {
    if (!type.isInterface() || !goesOn()) {
      return;
    }
    make(type, null).close();
    if (goesOn()) {
      AutoCloseable client = make(type, nowhere());
      ask(type, client);
      client.close();
    }
  }

  private AutoCloseable make(Class<?> type, Object http) throws ReflectiveOperationException {
    Object credentials =
        sdk("auth.credentials.AwsBasicCredentials")
            .getMethod("create", String.class, String.class)
            .invoke(null, "none", "none");
    Object provider =
        sdk("auth.credentials.StaticCredentialsProvider")
            .getMethod("create", sdk("auth.credentials.AwsCredentials"))
            .invoke(null, credentials);
    Method builder = type.getMethod("builder");
    Class<?> with = builder.getReturnType();
    Object made = builder.invoke(null);
    Class<?> region = sdk("regions.Region");
    with.getMethod("region", region).invoke(made, region.getField("US_EAST_1").get(null));
    with.getMethod("endpointOverride", URI.class).invoke(made, URI.create("http://127.0.0.1:1"));
    with.getMethod("credentialsProvider", sdk("auth.credentials.AwsCredentialsProvider"))
        .invoke(made, provider);
    if (http != null) {
      with.getMethod("httpClient", sdk("http.SdkHttpClient")).invoke(made, http);
    }
    return (AutoCloseable) with.getMethod("build").invoke(made);
  }

  // A client of HTTP that sends nothing.
  private Object nowhere() throws ClassNotFoundException {
    return Proxy.newProxyInstance(
        loader,
        new Class<?>[] {sdk("http.SdkHttpClient")},
        (self, method, arguments) ->
            switch (method.getName()) {
              case "clientName" -> "nowhere";
              case "close" -> null;
              default -> throw new IllegalStateException("nobody is there");
            });
  }

  private void ask(Class<?> type, Object client) throws IOException, ReflectiveOperationException {
    List<Method> questions =
        Arrays.stream(type.getMethods())
            .filter(method -> QUESTION.matcher(method.getName()).matches())
            .filter(method -> method.getParameterCount() == 1)
            .filter(method -> method.getParameterTypes()[0].getSimpleName().endsWith("Request"))
            .sorted(Comparator.comparing(Method::getName))
            .limit(QUESTIONS_MAX)
            .toList();
    for (Method question : questions) {
      Class<?> request = question.getParameterTypes()[0];
      Method builder = request.getMethod("builder");
      Object empty = builder.getReturnType().getMethod("build").invoke(builder.invoke(null));
      try {
        if (goesOn()) {
          question.invoke(client, empty);
        }
      } catch (InvocationTargetException e) {
        // As it must be: nobody is there, or something is missing in the request.
        continue;
      }
    }
  }

  private Class<?> sdk(String name) throws ClassNotFoundException {
    return Class.forName(SDK + name, true, loader);
  }
}
