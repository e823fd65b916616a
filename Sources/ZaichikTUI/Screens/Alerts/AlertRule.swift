import ZaichikProtocol
import ZaichikWords

/// A condition that is watched, as it is typed: `lag > 1000 for 30s`, `lag of alice > 1k`, `memory > 80% run notify "$1"`.
struct AlertRule: Equatable, Sendable, CustomStringConvertible {
    /// What a rule may be about.
    enum Figure: String, CaseIterable, Sendable {
        case lag, age, lost, `in`, out, commits, blocked, losing, total, memory, clients

        var meaning: String {
            switch self {
            case .lag: "messages that a client is behind, or the one that is furthest"
            case .age: "age of the oldest message that a client is not done with, or of the oldest of all"
            case .lost: "messages a second that a client loses, or all together"
            case .in: "messages a second published"
            case .out: "messages a second delivered"
            case .commits: "messages a second committed"
            case .blocked: "clients whose publishes wait for room"
            case .losing: "clients that lose messages"
            case .total: "the lag of all clients together"
            case .memory: "percent of the broker's memory limit"
            case .clients: "connections"
            }
        }

        /// Whether it may be that of one client.
        var isOfClients: Bool {
            switch self {
            case .lag, .age, .lost, .in, .out, .commits: true
            case .blocked, .losing, .total, .memory, .clients: false
            }
        }
    }

    let figure: Figure
    /// The client or session that is meant; nil: the worst of all, or all together.
    let client: String?
    let isAbove: Bool
    /// In the figure's own unit: messages, µs, percent.
    let limit: UInt64
    /// How long it has to hold, in µs.
    let span: UInt64
    /// A command of the shell that is run when it holds; nil: none.
    let command: String?
    /// As it was typed.
    let description: String

    static let example = "lag > 1000 for 30s"
    static let hint = "lag > 1000 for 30s; of NAME, run COMMAND"

    /// - Throws: What is wrong with the text, and what would be right.
    init(_ text: String) throws(AlertRuleError) {
        var words = text.split(separator: " ").map(String.init)
        func take() -> String? { words.isEmpty ? nil : words.removeFirst() }
        let name = take() ?? ""
        guard let figure = Figure(rawValue: name.lowercased()) else { throw .unknownFigure(name) }
        var client: String?
        if words.first == "of" {
            words.removeFirst()
            guard figure.isOfClients else { throw .notOfClients(figure.rawValue) }
            guard let name = take() else { throw .missing("a client's name after 'of'") }
            client = name
        }
        let sign = take() ?? ""
        guard sign == ">" || sign == "<" else { throw .noComparison(sign, after: client ?? name) }
        let number = take() ?? ""
        guard let limit = Self.number(number, figure) else { throw .badNumber(number, figure) }
        var span: UInt64 = 0
        if words.first == "for" {
            words.removeFirst()
            let time = take() ?? ""
            guard let parsed = Self.time(time) else { throw .badTime(time) }
            span = parsed
        }
        var command: String?
        if words.first == "run" {
            guard let place = text.firstRange(of: " run "), place.upperBound < text.endIndex else {
                throw .missing("a command after 'run'")
            }
            command = String(text[place.upperBound...])
            words = []
        }
        guard words.isEmpty else { throw .tooMuch(words[0]) }
        (self.figure, self.client, self.isAbove, self.limit) = (figure, client, sign == ">", limit)
        (self.span, self.command, description) = (span, command, text)
    }

    func holds(_ value: UInt64) -> Bool { isAbove ? value > limit : value < limit }

    /// A value in the unit of the figure.
    func shown(_ value: UInt64) -> String {
        switch figure {
        case .age: FigureText.age(microseconds: value)
        case .memory: "\(value) %"
        case .lost, .in, .out, .commits: NarrowFigure.count(value) + "/s"
        case .lag, .total, .blocked, .losing, .clients: NarrowFigure.count(value)
        }
    }

    // MARK: Numbers

    private static func number(_ text: String, _ figure: Figure) -> UInt64? {
        switch figure {
        case .age: return time(text)
        case .memory:
            let digits = text.hasSuffix("%") ? String(text.dropLast()) : text
            return UInt64(digits).flatMap { $0 <= 100 ? $0 : nil }
        default: break
        }
        let plain = text.hasSuffix("/s") ? String(text.dropLast(2)) : text
        let factors: [Character: UInt64] = ["k": 1000, "K": 1000, "M": 1_000_000]
        guard let last = plain.last, let factor = factors[last] else { return UInt64(plain) }
        guard let number = UInt64(plain.dropLast()) else { return nil }
        let (product, overflow) = number.multipliedReportingOverflow(by: factor)
        return overflow ? nil : product
    }

    /// - Returns: µs; a bare number is seconds.
    private static func time(_ text: String) -> UInt64? {
        let units: [(String, UInt64)] = [
            ("ms", 1000), ("s", Moment.second), ("m", 60 * Moment.second), ("h", 3600 * Moment.second),
        ]
        let unit = units.first { text.hasSuffix($0.0) } ?? ("", Moment.second)
        guard let number = UInt64(text.dropLast(unit.0.count)) else { return nil }
        let (product, overflow) = number.multipliedReportingOverflow(by: unit.1)
        return overflow ? nil : product
    }
}

/// Why a text is no rule.
enum AlertRuleError: Error, Equatable, CustomStringConvertible {
    case unknownFigure(String)
    case notOfClients(String)
    case noComparison(String, after: String)
    case badNumber(String, AlertRule.Figure)
    case badTime(String)
    case missing(String)
    case tooMuch(String)

    var description: String {
        switch self {
        case .unknownFigure(let name):
            (name.isEmpty ? "a rule begins with a figure: " : "'\(name)' is no figure: use ")
                + AlertRule.Figure.allCases.map(\.rawValue).joined(separator: ", ")
        case .notOfClients(let name): "'\(name)' is the broker's figure: leave 'of' out"
        case .noComparison(let sign, let before):
            sign.isEmpty ? "after '\(before)' comes > or < and a number" : "'\(sign)' is no comparison: use > or <"
        case .badNumber(let text, let figure):
            "'\(text)' is no number for \(figure.rawValue): use one such as "
                + (figure == .age ? "30s or 5m" : figure == .memory ? "80%" : "1000 or 12k")
        case .badTime(let text): "'\(text)' is no time: use one such as 30s or 5m"
        case .missing(let what): "it needs \(what)"
        case .tooMuch(let word): "'\(word)' is too much: after the number may come 'for 30s' and 'run COMMAND'"
        }
    }
}
