plugins {
    java
    id("org.springframework.boot") version "3.4.0"
}
java { toolchain { languageVersion = JavaLanguageVersion.of(21) } }
