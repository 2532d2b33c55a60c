/// What the system says of the process in which the node runs. Measured by the runtime, at most a second old; shown by
/// `INFO`.
public struct ProcessUsage: Sendable {
    public var processID: Int32
    /// Bytes of memory resident.
    public var residentBytes: Int
    /// Bytes of memory that the machine has; 0 if not known.
    public var systemBytes: Int
    /// Microseconds of processor time since the process began.
    public var userMicroseconds: Int64
    public var systemMicroseconds: Int64

    public init(
        processID: Int32, residentBytes: Int, systemBytes: Int = 0, userMicroseconds: Int64, systemMicroseconds: Int64
    ) {
        self.processID = processID
        self.residentBytes = residentBytes
        self.systemBytes = systemBytes
        self.userMicroseconds = userMicroseconds
        self.systemMicroseconds = systemMicroseconds
    }
}
