import SessionCore

/// The version of Cloakroom, as `--version`, the banner and `INFO` show it.
public let cloakroomVersion = Node.version
