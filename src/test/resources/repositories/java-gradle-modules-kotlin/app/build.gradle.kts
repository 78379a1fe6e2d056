plugins {
    id("buildlogic.kotlin-application-conventions")
}

dependencies {
    implementation(project(":list"))
}
