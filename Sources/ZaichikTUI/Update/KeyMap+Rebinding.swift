// Other keys than those of the table, which the configuration chooses.
extension KeyMap {
    /// Two actions that one key cannot do both.
    struct Clash: Equatable {
        /// Their names.
        var actions: [String]
        /// What is wrong, and what would be right.
        var text: String
    }

    /// Actions whose keys are those of a list, or that the way out depends on.
    private static let fixed: Set<Action> = [.showPane, .chooseAct, .interrupt]

    /// The names of the actions that can have other keys.
    static var rebindable: [String] {
        let actions = Set(PaneTable.standard.keys.bindings.map(\.action)).subtracting(fixed)
        return actions.map(\.name).sorted()
    }

    static func isRebindable(_ name: String) -> Bool {
        PaneTable.standard.keys.bindings.contains { $0.action.name == name && !fixed.contains($0.action) }
    }

    /// The first clash that other keys make; nil if there is none.
    static func clash(of rebound: [String: [Key]]) -> Clash? {
        let table = PaneTable(PaneTable.standard.panes, rebound: rebound)
        for focus in table.focuses {
            var seen: [Key: Action] = [:]
            for binding in table.keys.bindings(in: focus) {
                let isChosen = rebound[binding.action.name] != nil
                for key in binding.keys {
                    if isChosen, focus.isTyping, case .character = key {
                        let name = binding.action.name
                        return Clash(
                            actions: [name],
                            text: "'\(key)' cannot be '\(name)', since it is text where one types; use F5 or ^X")
                    }
                    if let other = seen[key], other != binding.action, isChosen || rebound[other.name] != nil {
                        return Clash(
                            actions: [binding.action.name, other.name],
                            text: "'\(key)' would be both '\(binding.action.name)' and '\(other.name)' "
                                + "(\(focus.name)): give one of them another key")
                    }
                    seen[key] = binding.action
                }
            }
        }
        return nil
    }
}

extension Key {
    private static let named: [String: Key] = [
        "Space": .character(" "), "Enter": .enter, "Tab": .tab, "S-Tab": .backTab, "Esc": .escape,
        "Backspace": .backspace, "Del": .delete, "Home": .home, "End": .end, "PgUp": .pageUp, "PgDn": .pageDown,
        "Up": .up, "Down": .down, "Left": .left, "Right": .right, "↑": .up, "↓": .down, "←": .left, "→": .right,
    ]

    /// Reads a name as help shows it, or as it can be typed: `x`, `^X`, `F5`, `PgUp`, `Up`.
    ///
    /// - Returns: nil if that is no key.
    init?(name: String) {
        if let key = Self.named[name] {
            self = key
        } else if name.count == 1, let character = name.first, character > " " {
            self = .character(character)
        } else if name.count == 2, name.first == "^", let letter = name.last, letter.isASCII, letter.isLetter {
            self = .control(Character(letter.lowercased()))
        } else if name.first == "F", let number = Int(name.dropFirst()), (1...12).contains(number) {
            self = .function(number)
        } else {
            return nil
        }
    }
}
