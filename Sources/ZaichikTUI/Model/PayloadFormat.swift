/// A format in which payloads are shown.
enum PayloadFormat: String, CaseIterable, Sendable {
    case json = "JSON"
    case text = "text"
    case hex = "hex"

    var next: PayloadFormat {
        let all = Self.allCases
        return all[(all.firstIndex(of: self)! + 1) % all.count]
    }
}
