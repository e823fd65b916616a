import ZaichikWords

/// What of the broker's events is shown.
struct EventFilter {
    private let types: Set<String>
    private let others: Set<String>
    private let client: Subject?

    /// A client or a session, as it was typed.
    private struct Subject {
        let text: String
        /// Empty if only the id was given.
        let name: String
        let id: UInt64?

        init(_ text: String) {
            self.text = text
            guard let mark = text.lastIndex(of: "#"), let id = UInt64(text[text.index(after: mark)...]) else {
                (name, id) = (text, nil)
                return
            }
            (name, self.id) = (String(text[..<mark]), id)
        }

        func isIn(_ event: Report) -> Bool {
            guard let id else { return [event.data["name"]?.text, event.data["session"]?.text].contains(name) }
            return [event.data["client"]?.number, event.data["session_id"]?.number].contains(id)
                && (name.isEmpty || event.data["name"]?.text == name || event.data["session"]?.text == name)
        }
    }

    /// - Parameters:
    ///   - types: Names, also several with commas; empty: all.
    ///   - except: Those that are not shown.
    ///   - client: A name, `NAME#ID` or `#ID`; nil: of all.
    init(types: [String], except: [String], client: String?) {
        self.types = Self.names(types)
        others = Self.names(except)
        self.client = client.map(Subject.init)
    }

    func wants(_ event: Report) -> Bool {
        (types.isEmpty || types.contains(event.name)) && !others.contains(event.name) && client?.isIn(event) ?? true
    }

    /// Such as `has the name gap`; nil if all but some are wanted.
    var wanted: String? {
        let name = types.isEmpty ? nil : "has the name \(types.sorted().joined(separator: " or "))"
        let subject = client.map { "is about '\($0.text)'" }
        let parts = [name, subject].compactMap(\.self)
        return parts.isEmpty ? nil : parts.joined(separator: " and ")
    }

    private static func names(_ texts: [String]) -> Set<String> {
        Set(texts.flatMap { $0.split(separator: ",").map { $0.drop { $0 == " " }.description } })
    }
}
