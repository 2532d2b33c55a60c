/// Selectors as `ACL LIST` and `ACL GETUSER` show them.
extension AccessSelector {
    /// `~…`, `%R~…` and `%W~…`, separated by blanks.
    var keyRules: [UInt8] {
        keyWords.joinedByBlanks
    }

    private var keyWords: [[UInt8]] { allowsAllKeys ? [Array("~*".utf8)] : keys.map(\.text) }

    /// `&…`, separated by blanks.
    var channelRules: [UInt8] {
        channelWords.joinedByBlanks
    }

    private var channelWords: [[UInt8]] {
        allowsAllChannels ? [Array("&*".utf8)] : channels.map { [UInt8(ascii: "&")] + $0 }
    }

    /// The rules that make this selector out of an empty one. None has a blank in it.
    func words(_ table: borrowing CommandTable) -> [[UInt8]] {
        keyWords + (allowsAllChannels ? [] : [Array("resetchannels".utf8)]) + channelWords + commandWords(table)
    }

    /// As `words`, as they are written between parentheses, with these: quoted where a quote, or a parenthesis at the
    /// end, would be taken for more than itself.
    func parenthesizedWords(_ table: borrowing CommandTable) -> [[UInt8]] {
        var words = words(table).map { word in
            let isSafe = word.last != UInt8(ascii: ")") && !word.contains(UInt8(ascii: "\""))
                && !word.contains(UInt8(ascii: "'"))
            return isSafe ? word : Array(QuotedWords.quoted(word).utf8)
        }
        words[0].insert(UInt8(ascii: "("), at: 0)
        words[words.count - 1].append(UInt8(ascii: ")"))
        return words
    }

    /// As `commandWords`, separated by blanks.
    func commandRules(_ table: borrowing CommandTable) -> [UInt8] { commandWords(table).joinedByBlanks }

    /// The shortest-looking rules that allow these commands: `+@all` or `-@all` first, then the categories that fit
    /// best, then single commands. The same choice as Redis makes among its own commands.
    ///
    /// Written down as they are found, the rules are applied to a selector that starts empty (`made`), so that what is
    /// still to be said is always the difference between the two.
    func commandWords(_ table: borrowing CommandTable) -> [[UInt8]] {
        let isAdditive = !allowed.includesFuture
        var made = AccessSelector()
        made.setAllCommands(!isAdditive)
        var rules = [isAdditive ? "-@all" : "+@all"]
        var rest = self
        var applied: ACLCategories = []
        while made.allowed != allowed,
            let category = rest.bestCategory(table, without: applied, isAdditive: isAdditive) {
            applied.formUnion(category)
            made.change(category, to: isAdditive, table)
            rest.change(category, to: !isAdditive, table)
            rules.append("\(isAdditive ? "+@" : "-@")\(ACLCategories.names[category.rawValue.trailingZeroBitCount])")
        }
        var words = rules.map { Array($0.utf8) }
        for row in table.rows {
            let isAllowed = allowed.contains(row.id)
            let isMade = made.allowed.contains(row.id) == isAllowed
            if isMade && (isAllowed || firstArguments.isEmpty) { continue }
            let name = Array(table.fullName(of: row.id).utf8)
            if !isMade {
                words.append([isAllowed ? UInt8(ascii: "+") : UInt8(ascii: "-")] + name)
                made.change(row, to: isAllowed)
            }
            if isAllowed { continue }
            for argument in firstArguments(of: row.id) {
                words.append([UInt8(ascii: "+")] + name + [UInt8(ascii: "|")] + argument)
            }
        }
        precondition(made.allowed == allowed, "the rules do not describe the commands")
        return words
    }

    /// The category that says most with least to correct afterwards: more of its commands are still to be said than
    /// not; of several, the one with the fewest others, then the largest. Nil if none is worth it.
    private func bestCategory(
        _ table: borrowing CommandTable, without applied: ACLCategories, isAdditive: Bool
    ) -> ACLCategories? {
        var best: (category: ACLCategories, wrong: Int, right: Int)?
        for bit in ACLCategories.names.indices {
            let category = ACLCategories(rawValue: 1 << UInt32(bit))
            if applied.contains(category) { continue }
            var (right, wrong) = (0, 0)
            for row in 0..<table.categories.count where !table.categories[row].isDisjoint(with: category) {
                if allowed.contains(table.rows[row].id) == isAdditive { right += 1 } else { wrong += 1 }
            }
            guard right > wrong else { continue }
            if let best, (best.wrong, -best.right) <= (wrong, -right) { continue }
            best = (category, wrong, right)
        }
        return best?.category
    }
}

extension [[UInt8]] {
    /// In one line.
    var joinedByBlanks: [UInt8] { Array<UInt8>(joined(separator: [UInt8(ascii: " ")])) }
}

extension AccessSelector.KeyPattern {
    /// As a rule that adds this pattern. `~*` adds none: it allows all keys, and no pattern may follow.
    fileprivate var text: [UInt8] {
        let sign: StaticString =
            switch permission {
            case .read: "%R~"
            case .write: "%W~"
            default: pattern == [UInt8(ascii: "*")] ? "%RW~" : "~"
            }
        return sign.bytes.array + pattern
    }
}
