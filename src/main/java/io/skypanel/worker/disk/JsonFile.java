package io.skypanel.worker.disk;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One record a file, as JSON, durable and for its owner alone. Another version's files can be read:
 * unknown keys are passed over. Thread-safe, but not for one file at once.
 */
public final class JsonFile {
  private static final Logger log = LoggerFactory.getLogger(JsonFile.class);

  /** What the name of a file that can't be understood ends with. */
  public static final String ASIDE = ".unreadable";

  /** Made when it is first needed: an idle start should not pay for it. */
  private static final class Json {
    static final ObjectMapper MAPPER =
        JsonMapper.builder()
            .addModule(new Jdk8Module())
            .addModule(new JavaTimeModule())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            // an app's volumes were a list in earlier versions
            .enable(DeserializationFeature.ACCEPT_EMPTY_ARRAY_AS_NULL_OBJECT)
            .build();
  }

  private JsonFile() {}

  /** Writes or replaces {@code file}; its folder must be there. */
  public static void write(Path file, Object record) throws IOException {
    DurableFile.write(file, Json.MAPPER.writeValueAsBytes(record));
  }

  /**
   * The record; empty if there is no such file. One that can't be understood is set aside and
   * counts as none.
   *
   * @throws UncheckedIOException if the disk does not give it: the record may be good, so it stays
   */
  public static <T> Optional<T> read(Path file, Class<T> type) {
    return read(file, content -> parse(content, type));
  }

  /** The record that is written so; throws IOException for what is none. */
  public static <T> T parse(byte[] content, Class<T> type) throws IOException {
    return Json.MAPPER.readValue(content, type);
  }

  /** Makes a record out of a file's content. */
  public interface Form<T> {
    /** Throws IOException for what is no such record. */
    T read(byte[] content) throws IOException;
  }

  /** The same for records of another form. */
  public static <T> Optional<T> read(Path file, Form<T> form) {
    byte[] content;
    try {
      content = Files.readAllBytes(file);
    } catch (NoSuchFileException absent) {
      return Optional.empty();
    } catch (IOException e) {
      // too many open files, a failing disk
      throw new UncheckedIOException(file + " can't be read: " + e.getMessage(), e);
    }
    try {
      T record = form.read(content);
      if (record == null) {
        throw new IOException("it holds no record");
      }
      return Optional.of(record);
    } catch (IOException e) {
      setAside(file, e);
      return Optional.empty();
    }
  }

  /** Where {@code file} is after it could not be understood. */
  public static Path aside(Path file) {
    return file.resolveSibling(file.getFileName() + ASIDE);
  }

  /** Gives a file that can't be understood the ending {@code .unreadable}, and says why. */
  private static void setAside(Path file, IOException why) {
    String reason = String.valueOf(why.getMessage()).lines().findFirst().orElse("");
    Path aside = aside(file);
    try {
      Files.move(file, aside, StandardCopyOption.REPLACE_EXISTING);
      log.error("{} can't be understood ({}) and is set aside as {}", file, reason, aside);
    } catch (IOException e) {
      log.error("{} can't be understood ({}) nor set aside: {}", file, reason, e.getMessage());
    }
  }
}
