/// A snapshot on its way to a file.
///
/// It is written under a name of its own, in slices, and takes the place of the old file when all of it is on disk: at
/// every moment there is a whole snapshot under the file's name, the old one or the new one.
struct FileSnapshot: ~Copyable {
    /// What it is written for.
    enum Purpose: Equatable {
        /// `dbfilename`; in the foreground for `SAVE` and at the end.
        case save(isBackground: Bool)
        /// The base of the append log.
        case logBase
    }

    let purpose: Purpose
    var writer: SnapshotWriter
    let file: DiskFile
    /// The directory it is in, the name it is written under, and the name it gets.
    let directory: String
    let temporaryPath: String
    let path: String
    /// Keys there were when it began.
    let keysAtStart: Int64
    /// When it began, monotonic microseconds.
    let startedAt: Int64
    /// Changes counted until then.
    let changes: Int64
    /// Writes that were not answered yet, and bytes since the last `sync`.
    var outstanding = 0
    var unsynced = 0
    /// Encrypts it, as far as it is not handed over; nil for a plain file.
    var encryptor: EncryptedFileWriter?
    /// Of an encrypted file, when all of it was handed over.
    var proof: EncryptedFileProof?
    /// What goes to the file next, of an encrypted one.
    var sealed = ByteBuffer()
    /// All of it was handed to the disk.
    var isHandedOver = false
    /// Bytes handed to the disk.
    var bytes: Int64 = 0

    /// It is the snapshot of `dbfilename`.
    var isSave: Bool { if case .save = purpose { true } else { false } }

    /// Takes what is to be written, as it goes to the file.
    mutating func takeOutput(isComplete: Bool) -> [UInt8] {
        let count = writer.output.buffer.count
        defer { writer.output.take(count) }
        guard var encryptor = encryptor.take() else { return writer.output.buffer.bytes.array }
        var output = ByteBuffer()
        swap(&output, &sealed)
        encryptor.append(writer.output.buffer.bytes, into: &output)
        if isComplete { proof = encryptor.finish(into: &output) } else { self.encryptor = consume encryptor }
        return output.bytes.array
    }

    /// Steps that create it.
    var opening: [DiskStep] { [.create(file, path: temporaryPath)] }

    /// Steps that make it last and give it its name.
    var closing: [DiskStep] {
        [
            .sync(file), .close(file), .rename(path: temporaryPath, to: path), .syncDirectory(path: directory),
        ]
    }

    /// Steps that give it up.
    var removal: [DiskStep] { [.close(file), .remove(path: temporaryPath)] }
}
