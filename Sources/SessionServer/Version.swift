/// The version of Cloakroom, as `--version`, the banner and `INFO` show it.
public let cloakroomVersion = "0.1.0"
