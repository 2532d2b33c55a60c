/// Why an RDB stream cannot be read any further.
struct RDBError: Error, Equatable {
    enum Reason: Error, Equatable {
        case magic
        case version(Int)
        case opcode(UInt8)
        case length
        case stringTooLong(Int)
        case keyTooLong(Int)
        case compressedString
        case packedList
        case score
        /// A collection without elements, which the reader passes over.
        case emptyCollection
        case checksum
        /// A type that is not held: its name in Redis's words, the database it is in, and how many keys came before it.
        case unsupportedType(StaticStringName, database: Int, keys: Int)
        /// A database that there is not here.
        case database(Int)
        case duplicateKey
        case duplicateElement
        /// The data does not fit the address space.
        case outOfMemory
    }

    /// The name of a type, comparable.
    struct StaticStringName: Equatable {
        let text: StaticString

        static func == (left: StaticStringName, right: StaticStringName) -> Bool {
            left.text.bytes.isEqual(to: right.text)
        }
    }

    let reason: Reason
    /// Bytes from the start of the stream to the unit that could not be read.
    let offset: Int64

    /// For logs: what is wrong and where. Names no key.
    var text: String {
        let what = switch reason {
        case .magic: "it does not begin with REDIS and a version"
        case .version(let version): "its version \(version) is newer than \(RDBReader.newestVersion)"
        case .opcode(let byte): "unknown type or opcode \(byte)"
        case .length: "a length is malformed or out of range"
        case .stringTooLong(let length): "a string of \(length) bytes is longer than allowed"
        case .keyTooLong(let length): "a key of \(length) bytes is longer than \(Limits.key)"
        case .compressedString: "a compressed string is malformed"
        case .packedList: "a listpack, ziplist or intset is malformed"
        case .score: "a score is not a number"
        case .emptyCollection: "a collection has no elements"
        case .checksum: "the checksum does not match"
        case .unsupportedType(let name, let database, let keys):
            "it holds a \(name.text) in database \(database), behind \(keys) keys: a type that is not supported"
        case .database(let index): "it names database \(index), which does not exist here: raise 'databases'"
        case .duplicateKey: "a key comes twice"
        case .duplicateElement: "an element of a collection comes twice"
        case .outOfMemory: "it does not fit the memory"
        }
        return "RDB at byte \(offset): \(what)"
    }

    /// What an operator can do about it, to follow the description; empty if nothing.
    var advice: String {
        if case .unsupportedType = reason { return " (replica-unsupported-types skip leaves such keys out)" }
        return ""
    }
}
