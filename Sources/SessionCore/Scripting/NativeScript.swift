/// What a script does, done natively. Several texts may do the same.
enum NativeScript: UInt8, CaseIterable {
    // Locks.
    case compareAndDelete, compareAndDeleteOrNull, compareAndPexpire, compareAndExpire, compareAndTimeLeft,
        compareDeleteOne, compareExpireOne, compareExtend, compareExtendOrReplace, compareRefresh, takeSlot,
        redlockAcquire, redlockExtend, redlockRelease, setIfMissing, lockOrExtend, lockOrExtendIfAsked,
        compareExpireZero, valueAndTimeLeft, compareDeleteOrMissing, compareExpireOrSet, releaseAll, refreshAll,
        shortestTimeLeft, obtainAll, obtain
    // Caches.
    case addEntry, addOrGetEntry, setCacheEntryByHset, setCacheEntryByHmset, incrementExisting, increment
    // Session state.
    case renewSession, storeSession, lockSession, readSession, unlockSession, removeSession, updateSession
    case renewHashSession, storeHashSession, lockHashSession, readHashSession, unlockHashSession, updateHashSession
}

extension Node {
    /// Runs a script: to its end, or to its first error, what it has changed until then staying changed.
    @inline(never)
    mutating func run(_ native: NativeScript, _ run: borrowing ScriptInvocation) throws(ReplyError) {
        switch native {
        case .compareAndDelete: try compareAnd(run, .del)
        case .compareAndDeleteOrNull: try compareAnd(run, .del, otherwise: nil)
        case .compareAndPexpire: try compareAnd(run, .pexpire, argument: 2)
        case .compareAndExpire: try compareAnd(run, .expire, argument: 2)
        case .compareAndTimeLeft: try compareAnd(run, .pttl, otherwise: -3)
        case .compareDeleteOne: try compareDeleteOne(run)
        case .compareExpireOne: try compareExpireOne(run)
        case .compareExtend: try compareExtend(run, mayReplace: false)
        case .compareExtendOrReplace: try compareExtend(run, mayReplace: true)
        case .compareRefresh: try compareRefresh(run)
        case .takeSlot: try takeSlot(run)
        case .redlockAcquire: try redlockAcquire(run)
        case .redlockExtend: try redlockExtend(run)
        case .redlockRelease: try redlockRelease(run)
        case .setIfMissing: try setIfMissing(run)
        case .lockOrExtend: try lockOrExtend(run, asksFirst: false)
        case .lockOrExtendIfAsked: try lockOrExtend(run, asksFirst: true)
        case .compareExpireZero: try compareExpireZero(run)
        case .valueAndTimeLeft: try valueAndTimeLeft(run)
        case .compareDeleteOrMissing: try compareDeleteOrMissing(run)
        case .compareExpireOrSet: try compareExpireOrSet(run)
        case .releaseAll: try releaseAll(run)
        case .refreshAll: try refreshAll(run)
        case .shortestTimeLeft: try shortestTimeLeft(run)
        case .obtainAll: try obtainAll(run)
        case .obtain: try obtain(run)
        case .addEntry: try addEntry(run)
        case .addOrGetEntry: try addOrGetEntry(run)
        case .setCacheEntryByHset: try setCacheEntry(run, .hset)
        case .setCacheEntryByHmset: try setCacheEntry(run, .hmset)
        case .incrementExisting: try increment(run, onlyExisting: true)
        case .increment: try increment(run, onlyExisting: false)
        case .renewSession: try renewSession(run, isHash: false)
        case .storeSession: try storeSession(run, isHash: false)
        case .lockSession: try lockSession(run, isHash: false)
        case .readSession: try readSession(run, isHash: false)
        case .unlockSession: try unlockSession(run, isHash: false)
        case .removeSession: try removeSession(run)
        case .updateSession: try updateSession(run, isHash: false)
        case .renewHashSession: try renewSession(run, isHash: true)
        case .storeHashSession: try storeSession(run, isHash: true)
        case .lockHashSession: try lockSession(run, isHash: true)
        case .readHashSession: try readSession(run, isHash: true)
        case .unlockHashSession: try unlockSession(run, isHash: true)
        case .updateHashSession: try updateSession(run, isHash: true)
        }
    }
}
