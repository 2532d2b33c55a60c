/// Commands on keys of any type. Semantics: https://redis.io/docs/latest/commands/?group=generic
extension Execution {
    /// DEL key [key …], and UNLINK: freeing is quick enough here not to be put off
    mutating func del(_ request: borrowing Request) throws(ReplyError) {
        var count = 0
        for index in 1..<request.count {
            let hash = keyHash(request, index)
            let place = store.lookup(database, request[index], hash)
            deleted(request[index], hash, existed: place != nil)
            guard let place else { continue }
            store.remove(place, database)
            store.changed(.del, database, request[index])
            count += 1
        }
        reply.integer(count)
    }

    /// EXISTS key [key …]
    mutating func exists(_ request: borrowing Request) throws(ReplyError) {
        var found = 0
        for index in 1..<request.count where store.peek(database, request[index], keyHash(request, index)) != nil {
            found += 1
        }
        reply.integer(found)
    }

    /// TOUCH key [key …]. A session's timeouts are not renewed: that is SESSTOUCH.
    mutating func touch(_ request: borrowing Request) throws(ReplyError) {
        var found = 0
        for index in 1..<request.count where store.read(database, request[index], keyHash(request, index)) != nil {
            found += 1
        }
        reply.integer(found)
    }

    /// TYPE key
    mutating func type(_ request: borrowing Request) throws(ReplyError) {
        let place = store.peek(database, request[1], request.hash)
        reply.simple(place.map { store[$0.record].typeName } ?? "none")
    }

    /// RENAME key newkey
    mutating func rename(_ request: borrowing Request) throws(ReplyError) {
        _ = try rename(request, replacing: true)
        reply.ok()
    }

    /// RENAMENX key newkey
    mutating func renamenx(_ request: borrowing Request) throws(ReplyError) {
        reply.integer(try rename(request, replacing: false) ? 1 : 0)
    }

    /// - Returns: whether the key has got its new name; false only if it may not replace the one that has it.
    private mutating func rename(_ request: borrowing Request, replacing: Bool) throws(ReplyError) -> Bool {
        guard store.lookupToChange(database, request[1], request.hash) != nil else { throw .noSuchKey }
        if request[1].isEqual(to: request[2]) { return replacing }
        let newHash = store.hash(request[2])
        if let target = store.lookup(database, request[2], newHash) {
            if !replacing { return false }
            store.remove(target, database)
        }
        store.move(database, request[1], request.hash, to: database, request[2], newHash)
        deleted(request[1], request.hash, existed: true)
        revived(database, request[2], newHash)
        store.changed(.renameFrom, database, request[1])
        store.changed(.renameTo, database, request[2])
        return true
    }

    /// MOVE key db
    mutating func move(_ request: borrowing Request) throws(ReplyError) {
        let target = try request.database(2, of: store.databases.count)
        if target == database { throw .sameObject }
        guard store.lookupToChange(database, request[1], request.hash) != nil,
            store.lookup(target, request[1], request.hash) == nil
        else { return reply.integer(0) }
        store.move(database, request[1], request.hash, to: target, request[1], request.hash)
        revived(target, request[1], request.hash)
        store.changed(.moveFrom, database, request[1])
        store.changed(.moveTo, target, request[1])
        reply.integer(1)
    }

    /// COPY source destination [DB destination-db] [REPLACE]
    ///
    /// Not of sessions and what belongs to them: as a plain hash the copy would outlive the session's revocation.
    /// (Dispatch refuses it, as it does other writes to their keys.)
    mutating func copy(_ request: borrowing Request) throws(ReplyError) {
        var target = database
        var replaces = false
        var index = 3
        while index < request.count {
            if request[index].matches("replace") {
                replaces = true
            } else if request[index].matches("db"), index + 1 < request.count {
                index += 1
                target = try request.database(index, of: store.databases.count)
            } else {
                throw .syntax
            }
            index += 1
        }
        if target == database && request[1].isEqual(to: request[2]) { throw .sameObject }
        guard let found = store.read(database, request[1], request.hash) else { return reply.integer(0) }
        if !store.hasRoom(forCopyOf: found.record) { throw .outOfMemory }
        let newHash = store.hash(request[2])
        if let old = store.lookup(target, request[2], newHash) {
            if !replaces { return reply.integer(0) }
            store.remove(old, target)
        }
        guard let source = store.find(database, request[1], request.hash) else {
            preconditionFailure("the key was just looked up")
        }
        store.copy(source.record, to: target, request[2], newHash)
        revived(target, request[2], newHash)
        store.changed(.copyTo, target, request[2])
        reply.integer(1)
    }
}
