import ZaichikProtocol
import ZaichikWords

/// An act with everything that it needs, not done yet.
struct ActPlan: Equatable, Sendable {
    var item: ActItem
    var target: ActTarget
    var values = ActValues()

    /// nil for what has a request of its own.
    func request(isDryRun: Bool) -> ActRequest? {
        guard let act = item.act else { return nil }
        var request = target.request(act, values)
        request.isDryRun = isDryRun
        return request
    }

    /// The command that does the same, to be copied.
    var command: String {
        let words = target.words(isConnection: item == .disconnect)
        var parts = ["zaichik", words[0], item.verb, words[1]]
        if let window = values.window { parts.append("\(window)") }
        if let count = values.count { parts += ["--count", "\(count)"] }
        if let sequence = values.sequence { parts += ["--below", "\(sequence)"] }
        if let duration = values.duration { parts += ["--for", Self.span(duration)] }
        if !values.reason.isEmpty { parts += ["--reason", ShellText.quoted(values.reason)] }
        return parts.joined(separator: " ")
    }

    /// Takes what was typed to the question of its act.
    ///
    /// - Returns: What is wrong with it, and what would be right; nil if it was taken.
    mutating func take(_ typed: String) -> String? {
        let text = typed.split(separator: " ", omittingEmptySubsequences: true)
        switch item.question {
        case nil: return nil
        case .span:
            var rest = text[...]
            if let first = rest.first, let span = DurationText.milliseconds(first) {
                guard span > 0 else { return "a time above 0, such as 10m; or none" }
                values.duration = span
                rest.removeFirst()
            }
            values.reason = rest.joined(separator: " ")
            guard values.reason.utf8.count <= PeerLimits.reason else {
                return "a reason has at most \(PeerLimits.reason) bytes"
            }
        case .window:
            guard let window = UInt64(typed), window <= UInt64(FrameLimits.window) else {
                return "a whole number, 0 to \(FrameLimits.window)"
            }
            values.window = window
        case .count:
            guard let count = UInt64(typed), count > 0 else { return "how many messages, at least 1" }
            values.count = count
        case .below:
            guard !text.isEmpty else { return nil }
            guard let sequence = UInt64(typed), sequence > 0 else {
                return "the sequence of the first message that stays; nothing: none stays"
            }
            values.sequence = sequence
        }
        return nil
    }

    /// The question for its prompt.
    var label: String {
        switch item.question {
        case nil: ""
        case .span: "\(item.word) '\(target.name)' for"
        case .window: "window of '\(target.name)'"
        case .count: "of '\(target.name)' skip"
        case .below: "of '\(target.name)' remove what is below"
        }
    }

    /// Beside the field.
    var rule: String {
        switch item.question {
        case nil: ""
        case .span where item == .disconnect: "such as 10m it hangs; nothing: it may come back"
        case .span: "such as 10m busy; nothing: until resumed"
        case .window: "0 to \(FrameLimits.window)"
        case .count: "how many messages"
        case .below: "a sequence; nothing: all"
        }
    }

    /// A time as the command line takes it, to the millisecond.
    private static func span(_ milliseconds: UInt64) -> String {
        let units: [(UInt64, String)] = [(86_400_000, "d"), (3_600_000, "h"), (60_000, "m"), (1000, "s")]
        let unit = units.first { milliseconds % $0.0 == 0 } ?? (1, "ms")
        return "\(milliseconds / unit.0)\(unit.1)"
    }
}
