import ZaichikProtocol
import ZaichikWords

/// An act with everything that it needs, not done yet.
struct ActPlan: Equatable, Sendable {
    var item: ActItem
    var target: ActTarget
    var values = ActValues()

    /// From this age on messages are skipped, in ms; nil if that is not what they are chosen by.
    private(set) var older: UInt64?
    /// The place that was typed, as the command line takes it.
    private(set) var place = ""

    /// The request for one of its targets; nil for what has a request of its own.
    func request(for target: ActTarget, isDryRun: Bool) -> ActRequest? {
        guard let act = item.act else { return nil }
        var request = target.request(act, values)
        request.isDryRun = isDryRun
        return request
    }

    /// The same for the first of them.
    func request(isDryRun: Bool) -> ActRequest? { request(for: target, isDryRun: isDryRun) }

    /// The command that does the same, to be copied: several, if it is about several.
    var command: String { target.each.map(command).joined(separator: "; ") }

    private func command(for target: ActTarget) -> String {
        let words = target.words(isConnection: item == .disconnect)
        var parts = ["zaichik", words[0], item.verb, words[1]]
        if item == .move { parts += [ShellText.quoted(values.topic ?? ">"), "--to", place.isEmpty ? "PLACE" : place] }
        if let window = values.window { parts.append("\(window)") }
        if let count = values.count { parts += ["--count", "\(count)"] }
        if let older { parts += ["--older", DurationText.typed(milliseconds: older)] }
        if item != .move, let sequence = values.sequence { parts += ["--below", "\(sequence)"] }
        if let duration = values.duration { parts += ["--for", DurationText.typed(milliseconds: duration)] }
        if !values.reason.isEmpty { parts += ["--reason", ShellText.quoted(values.reason)] }
        return parts.joined(separator: " ")
    }

    /// Takes what was typed to the question of its act.
    ///
    /// - Parameter now: By the broker's clock.
    /// - Returns: What is wrong with it, and what would be right; nil if it was taken.
    mutating func take(_ typed: String, now: Moment) -> String? {
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
            if let age = DurationText.milliseconds(typed) {
                (older, values.time, values.count) = (age, now - min(now, age.multipliedOrMost(by: 1000)), nil)
                return nil
            }
            guard let count = UInt64(typed), count > 0 else {
                return "how many messages, at least 1, or an age such as 10m: those that are older"
            }
            values.count = count
        case .place: return take(place: text.map(String.init), now: now)
        case .below:
            guard !text.isEmpty else { return nil }
            guard let sequence = UInt64(typed), sequence > 0 else {
                return "the sequence of the first message that stays; nothing: none stays"
            }
            values.sequence = sequence
        }
        return nil
    }

    /// In a question.
    var pronoun: String { if case .several = target { "them" } else { "it" } }

    /// The question for its prompt.
    var label: String {
        switch item.question {
        case nil: ""
        case .span: "\(item.word) '\(target.name)' for"
        case .window: "window of '\(target.name)'"
        case .count: "of '\(target.name)' skip"
        case .place: "move '\(target.name)' to"
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
        case .count: "how many; or an age such as 10m: those older"
        case .place: Self.placeRule
        case .below: "a sequence; nothing: all"
        }
    }

    private static let placeRule = "first, new, last:10, time:1h or TOPIC seq:500"

    /// A place as `zaichik session seek --to` takes it, behind the name of a topic if one is meant.
    private mutating func take(place words: [String], now: Moment) -> String? {
        guard let place = words.last, words.count <= 2 else { return Self.placeRule }
        let topic = words.count == 2 ? words[0] : ">"
        guard (try? TopicPattern(topic)) != nil else { return "'\(topic)' is not the name of a topic" }
        let parts = place.split(separator: ":", maxSplits: 1).map(String.init)
        switch (parts[0], parts.count == 2 ? parts[1] : nil) {
        case ("first", nil): values.start = .earliest
        case ("new", nil): values.start = .new
        case ("last", let count?):
            guard let count = UInt64(count) else { return "last: and how many messages, such as last:10" }
            values.start = .last(count)
        case ("time", let age?):
            guard let age = DurationText.milliseconds(age) else { return "time: and how long ago, such as time:1h" }
            values.start = .time(now - min(now, age.multipliedOrMost(by: 1000)))
        case ("seq", let sequence?):
            guard let sequence = UInt64(sequence), sequence > 0, words.count == 2, !topic.contains("*"), topic != ">"
            else {
                return "a topic and a sequence in it, such as orders seq:500"
            }
            values.start = .sequence(sequence)
        default: return Self.placeRule
        }
        (values.topic, self.place) = (topic, place)
        return nil
    }
}

extension UInt64 {
    /// The product, or the largest number if that is larger.
    fileprivate func multipliedOrMost(by factor: UInt64) -> UInt64 {
        let (product, isTooLarge) = multipliedReportingOverflow(by: factor)
        return isTooLarge ? .max : product
    }
}
