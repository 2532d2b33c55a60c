/// Why an encrypted file cannot be read any further.
struct EncryptionError: Error, Equatable {
    enum Reason: Equatable {
        /// It does not begin as an encrypted file does.
        case notEncrypted
        case version(UInt8)
        /// It is authentic in form, but a file for another purpose.
        case kind
        /// None of the keys at hand is the one that its data key is encrypted with.
        case unknownKey(KeyIdentifier)
        /// The encrypted data key, or what it is used for, is not what was written.
        case header
        /// The key does not match the commitment at the start of the message.
        case commitment
        case chunk
        case record
        /// A segment that belongs elsewhere in the log.
        case sequence(found: Int64, expected: Int64)
        /// It ends before what marks its end.
        case truncated
        /// Something follows what marks its end.
        case trailingData
        /// It is authentic, and not the file that the manifest is about.
        case exchanged
    }

    let reason: Reason

    /// Whether its text says what to do: another key or directive would do.
    var hasRemedy: Bool {
        switch reason {
        case .notEncrypted, .unknownKey: true
        default: false
        }
    }

    /// Bytes from the start of the file to the unit that could not be read.
    let offset: Int64

    /// For logs: what is wrong and where. Names no key but by its identifier, which tells nothing about it.
    var text: String {
        let what = switch reason {
        case .notEncrypted: "it is not an encrypted file ('encrypt-at-rest convert' takes plain files over)"
        case .version(let version): "its version \(version) is newer than \(EncryptedFileHeader.version)"
        case .kind: "it is an encrypted file of another kind"
        case .unknownKey(let identifier):
            "it is encrypted with key \(identifier.text), which is not among the keys given by encryption-key-file or "
                + "encryption-key-command: add that key"
        case .header: "the encrypted data key is damaged"
        case .commitment: "the data key does not belong to this content"
        case .chunk: "a chunk is damaged or out of place"
        case .record: "a record is damaged or out of place, and later ones were written after it was safe on disk"
        case .sequence(let found, let expected): "it is segment \(found) where segment \(expected) belongs"
        case .truncated: "its end is missing"
        case .trailingData: "something follows its end"
        case .exchanged: "it is not the file that was written there: it was exchanged, or shortened"
        }
        return "encrypted file at byte \(offset): \(what)"
    }
}
