/// Selectors as `ACL LIST` and `ACL GETUSER` show them.
extension AccessSelector {
    /// `~…`, `%R~…` and `%W~…`, separated by blanks.
    var keyRules: [UInt8] {
        if allowsAllKeys { return Array("~*".utf8) }
        return Array(keys.map(\.text).joined(separator: [UInt8(ascii: " ")]))
    }

    /// `&…`, separated by blanks.
    var channelRules: [UInt8] {
        if allowsAllChannels { return Array("&*".utf8) }
        return Array(channels.map { [UInt8(ascii: "&")] + $0 }.joined(separator: [UInt8(ascii: " ")]))
    }

    /// The rules that make this selector out of an empty one.
    func description(_ table: borrowing CommandTable) -> [UInt8] {
        var text = keyRules
        if !text.isEmpty { text.append(UInt8(ascii: " ")) }
        if !allowsAllChannels { text += Array("resetchannels ".utf8) }
        let channels = channelRules
        if !channels.isEmpty { text += channels + [UInt8(ascii: " ")] }
        return text + commandRules(table)
    }

    /// The shortest-looking rules that allow these commands: `+@all` or `-@all` first, then the categories that fit
    /// best, then single commands. The same choice as Redis makes among its own commands.
    ///
    /// Written down as they are found, the rules are applied to a selector that starts empty (`made`), so that what is
    /// still to be said is always the difference between the two.
    func commandRules(_ table: borrowing CommandTable) -> [UInt8] {
        let isAdditive = !allowed.includesFuture
        var made = AccessSelector()
        made.setAllCommands(!isAdditive)
        var rules = [isAdditive ? "-@all" : "+@all"]
        var rest = self
        var applied: ACLCategories = []
        while let category = rest.bestCategory(table, without: applied, isAdditive: isAdditive) {
            applied.formUnion(category)
            made.change(category, to: isAdditive, table)
            rest.change(category, to: !isAdditive, table)
            rules.append("\(isAdditive ? "+@" : "-@")\(ACLCategories.names[category.rawValue.trailingZeroBitCount])")
        }
        var text = Array(rules.joined(separator: " ").utf8)
        for row in table.rows {
            let (isAllowed, name) = (allowed.contains(row.id), Array(table.fullName(of: row.id).utf8))
            if made.allowed.contains(row.id) != isAllowed {
                text += [UInt8(ascii: " "), isAllowed ? UInt8(ascii: "+") : UInt8(ascii: "-")] + name
                made.change(row, to: isAllowed)
            }
            if isAllowed { continue }
            for argument in firstArguments(of: row.id) {
                text += Array(" +".utf8) + name + [UInt8(ascii: "|")] + argument
            }
        }
        precondition(made.allowed == allowed, "the rules do not describe the commands")
        return text
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

extension AccessSelector.KeyPattern {
    /// As a rule.
    fileprivate var text: [UInt8] {
        let sign: StaticString = permission == .all ? "~" : permission == .read ? "%R~" : "%W~"
        return sign.bytes.array + pattern
    }
}
