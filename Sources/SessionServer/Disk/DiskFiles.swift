import CLinux
import SessionCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The files that a node has open, and what it does with them: one system call for each step.
struct DiskFiles {
    private var descriptors: [DiskFile: Int32] = [:]

    /// Does the steps of a request, up to the first that fails.
    mutating func perform(_ request: DiskRequest) -> DiskAnswer {
        var answer = DiskAnswer()
        let start = clinux_monotonic_microseconds()
        for (index, step) in request.steps.enumerated() {
            let code = perform(step, &answer)
            if code < 0 {
                answer.problem = DiskProblem(
                    reason: systemMessage(code), isMissing: code == -Int(ENOENT), step: index)
                break
            }
        }
        answer.microseconds = clinux_monotonic_microseconds() - start
        return answer
    }

    /// - Returns: 0 or more, or a negated errno.
    private mutating func perform(_ step: DiskStep, _ answer: inout DiskAnswer) -> Int {
        switch step {
        case .makeDirectory(let path):
            let code = clinux_make_directory(path)
            return code == -EEXIST ? 0 : Int(code)
        case .create(let file, let path): return add(file, clinux_open_fresh(path))
        case .append(let file, let path): return add(file, clinux_open_end(path))
        case .write(let file, let bytes): return write(bytes, to: descriptor(file))
        case .truncate(let file, let bytes): return Int(clinux_truncate(descriptor(file), bytes))
        case .sync(let file): return Int(clinux_sync(descriptor(file)))
        case .close(let file):
            if let descriptor = descriptors.removeValue(forKey: file) { _ = clinux_close(descriptor) }
            return 0
        case .rename(let path, let target): return Int(clinux_rename(path, target))
        case .remove(let path):
            let code = clinux_unlink(path)
            return code == -ENOENT ? 0 : Int(code)
        case .syncDirectory(let path):
            let descriptor = clinux_open_directory(path)
            if descriptor < 0 { return Int(descriptor) }
            defer { _ = clinux_close(descriptor) }
            return Int(clinux_sync(descriptor))
        case .open(let file, let path):
            let code = add(file, clinux_open_read(path))
            if code == 0 { answer.length = clinux_length(descriptor(file)) }
            return code
        case .read(let file, let count): return read(descriptor(file), count, &answer)
        }
    }

    /// The number of an open file; one that is not open fails by itself.
    private func descriptor(_ file: DiskFile) -> Int32 { descriptors[file] ?? -1 }

    private mutating func add(_ file: DiskFile, _ descriptor: Int32) -> Int {
        if descriptor < 0 { return Int(descriptor) }
        descriptors[file] = descriptor
        return 0
    }

    private func write(_ bytes: [UInt8], to descriptor: Int32) -> Int {
        bytes.withUnsafeBytes { buffer in
            var rest = UnsafeRawBufferPointer(rebasing: buffer[...])
            while !rest.isEmpty {
                let count = clinux_write(descriptor, rest.baseAddress, rest.count)
                if count == -Int(EINTR) { continue }
                if count < 0 { return count }
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            }
            return 0
        }
    }

    private func read(_ descriptor: Int32, _ count: Int, _ answer: inout DiskAnswer) -> Int {
        var code = 0
        answer.bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                let part = clinux_read(descriptor, buffer.baseAddress.map { $0 + filled }, count - filled)
                if part == -Int(EINTR) { continue }
                if part < 0 { code = part }
                if part <= 0 { break }
                filled += part
            }
        }
        return code
    }

    /// Closes what is open.
    mutating func closeAll() {
        for descriptor in descriptors.values { _ = clinux_close(descriptor) }
        descriptors = [:]
    }
}
