plugins {
    kotlin("jvm") version "2.1.0"
    id("io.ktor.plugin") version "3.0.0"
}
kotlin { jvmToolchain(17) }
