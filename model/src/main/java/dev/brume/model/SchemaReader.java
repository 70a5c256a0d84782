package dev.brume.model;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Reads the compact schema that the build makes of a service's model. One per service, made on the
/// service's first use.
public final class SchemaReader {
  private final IntFunction<? extends @Nullable Struct> maker;
  private final String[] strings;
  private final byte[] bytes;
  private final Shape[] shapes;
  private final ServiceModel model;
  private int at;

  /// @param maker makes an empty value of the class generated for the shape with this index, null
  ///   if there is none
  public SchemaReader(ServiceModel.Identity identity, IntFunction<? extends @Nullable Struct> maker) {
    this.maker = maker;
    try (InputStream in = SchemaReader.class.getResourceAsStream(identity.name() + ".schema")) {
      if (in == null) {
        throw new IllegalStateException("no schema for " + identity.name());
      }
      var data = new DataInputStream(new ByteArrayInputStream(in.readAllBytes()));
      strings = new String[data.readInt()];
      for (int i = 0; i < strings.length; i++) {
        strings[i] = data.readUTF();
      }
      bytes = data.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    shapes = shapes();
    model = new ServiceModel(identity, operations(), byName());
  }

  public ServiceModel model() {
    return model;
  }

  public Shape shape(int index) {
    return shapes[index];
  }

  private LinkedHashMap<String, Shape> byName() {
    var named = new LinkedHashMap<String, Shape>();
    for (Shape shape : shapes) {
      named.put(shape.name(), shape);
    }
    return named;
  }

  /// A member as read, before the shapes it refers to exist.
  private record Raw(
      String name,
      int target,
      Member.Location location,
      String locationName,
      String xmlName,
      int flags,
      Shape.TimestampFormat format,
      @Nullable String namespace,
      @Nullable String prefix) {}

  private Shape[] shapes() {
    int count = number();
    Shape[] all = new Shape[count];
    var raws = new ArrayList<List<Raw>>(count);
    var xmlNames = new ArrayList<@Nullable String>(count);
    var structures = new boolean[count];
    for (int i = 0; i < count; i++) {
      String name = strings[number()];
      Shape.Kind kind = Shape.Kind.values()[number()];
      Shape.Constraints constraints = constraints();
      Shape.TimestampFormat format = Shape.TimestampFormat.values()[number()];
      Shape.ErrorTrait error = flag() ? new Shape.ErrorTrait(strings[number()], number(), flag()) : null;
      xmlNames.add(optional());
      structures[i] = flag();
      all[i] = new Shape(name, kind, constraints, format, error);
      raws.add(members());
    }
    for (int i = 0; i < count; i++) {
      all[i].link(linked(raws.get(i), all), xmlNames.get(i), structures[i] ? makerOf(i) : null);
    }
    return all;
  }

  private @Nullable Supplier<Struct> makerOf(int shape) {
    return () -> {
      Struct made = maker.apply(shape);
      return made == null ? new UntypedStruct(shapes[shape]) : made;
    };
  }

  private Shape.Constraints constraints() {
    String min = optional();
    String max = optional();
    String pattern = optional();
    var values = new ArrayList<String>();
    int count = number();
    for (int i = 0; i < count; i++) {
      values.add(strings[number()]);
    }
    if (min == null && max == null && pattern == null && values.isEmpty()) {
      return Shape.Constraints.NONE;
    }
    return new Shape.Constraints(
        min == null ? null : new BigDecimal(min),
        max == null ? null : new BigDecimal(max),
        pattern == null ? null : Pattern.compile(pattern),
        List.copyOf(values));
  }

  private List<Raw> members() {
    int count = number();
    var members = new ArrayList<Raw>(count);
    for (int i = 0; i < count; i++) {
      members.add(
          new Raw(
              strings[number()],
              number(),
              Member.Location.values()[number()],
              strings[number()],
              strings[number()],
              number(),
              Shape.TimestampFormat.values()[number()],
              optional(),
              optional()));
    }
    return members;
  }

  private static List<Member> linked(List<Raw> raws, Shape[] all) {
    var members = new ArrayList<Member>(raws.size());
    for (Raw raw : raws) {
      int flags = raw.flags();
      members.add(
          new Member(
              members.size(),
              raw.name(),
              all[raw.target()],
              raw.location(),
              raw.locationName(),
              raw.xmlName(),
              (flags & 1) != 0,
              flags >> 1 == 0
                  ? Member.Flags.NONE
                  : new Member.Flags(
                      (flags & 2) != 0,
                      (flags & 4) != 0,
                      (flags & 8) != 0,
                      (flags & 16) != 0,
                      (flags & 32) != 0,
                      (flags & 64) != 0),
              raw.format(),
              raw.namespace() == null ? null : new Member.XmlNamespace(raw.prefix(), raw.namespace())));
    }
    return members;
  }

  private List<Operation> operations() {
    int count = number();
    var operations = new ArrayList<Operation>(count);
    for (int i = 0; i < count; i++) {
      String name = strings[number()];
      String method = strings[number()];
      String uri = strings[number()];
      int status = number();
      Shape input = shapes[number()];
      Shape output = shapes[number()];
      var errors = new ArrayList<Shape>();
      int errorCount = number();
      for (int j = 0; j < errorCount; j++) {
        errors.add(shapes[number()]);
      }
      operations.add(
          new Operation(i, name, method, uri, status, input, output, List.copyOf(errors), optional(), optional(), flag(), flag()));
    }
    return operations;
  }

  private @Nullable String optional() {
    int index = number();
    return index == 0 ? null : strings[index];
  }

  private boolean flag() {
    return bytes[at++] != 0;
  }

  private int number() {
    int value = 0;
    int shift = 0;
    while (true) {
      byte next = bytes[at++];
      value |= (next & 127) << shift;
      if (next >= 0) {
        return value;
      }
      shift += 7;
    }
  }
}
