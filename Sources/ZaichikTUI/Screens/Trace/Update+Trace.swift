import ZaichikProtocol
import ZaichikWords

extension Model {
    /// Looks at the trace of the message in question, or asks for one.
    mutating func trace() -> [Effect] {
        if let message = messageInQuestion { return look(at: message) }
        let known = screens.traces.messages(20).map { "\($0.topic) \($0.sequence)" }
        prompt = Prompt(.trace, text: known.first ?? "", offers: known)
        return readTraces()
    }

    /// The message that is looked at or under the cursor; nil if there is none.
    private var messageInQuestion: TracedMessage? {
        switch overlay {
        case .screen(.event(let entry), _): return entry.message
        case .message(let inspection): return Self.traced(inspection.entry)
        case nil: break
        default: return nil
        }
        if focus == .events { return screens.events.current?.message }
        if focus == .messages { return shownLog.current.flatMap(Self.traced) }
        if focus == .publish { return publish.lastTraced }
        return nil
    }

    private static func traced(_ entry: MessageEntry) -> TracedMessage? {
        guard case .message(let message) = entry.content else { return nil }
        return TracedMessage(topic: message.topic, sequence: message.sequence)
    }

    private mutating func look(at message: TracedMessage) -> [Effect] {
        overlay = .screen(.trace(message), offset: 0)
        return readTraces()
    }

    private mutating func readTraces() -> [Effect] {
        guard !screens.traces.isAsked else { return [] }
        screens.traces.isAsked = true
        return [.link(.screen(.read(.trace)))]
    }

    static let traceRule = "TOPIC SEQUENCE, or TOPIC: TEXT to publish one with a trace"

    /// Why what was typed is no message to trace.
    struct TraceProblem: Error {
        var text: String
    }

    /// Looks at what was typed: a message that was traced, or one to publish.
    mutating func trace(typed text: String) -> Result<[Effect], TraceProblem> {
        if let colon = text.firstIndex(of: ":"), let topic = try? TopicName(String(text[..<colon])) {
            let body = text[text.index(after: colon)...].drop { $0 == " " }
            guard !isReadOnly else { return .failure(TraceProblem(text: "read-only: nothing is published")) }
            return .success(readTraces() + [.link(.screen(.publishTraced(topic: topic, body: String(body))))])
        }
        let words = text.split(separator: " ")
        guard words.count == 2, let sequence = UInt64(words[1]), (try? TopicName(String(words[0]))) != nil else {
            return .failure(TraceProblem(text: "'\(text)' names no message: type \(Self.traceRule)"))
        }
        return .success(look(at: TracedMessage(topic: String(words[0]), sequence: sequence)))
    }

    /// The answer to the prompt.
    mutating func answerTrace(_ text: String) -> [Effect] {
        switch trace(typed: text) {
        case .success(let effects):
            prompt = nil
            return effects
        case .failure(let problem):
            prompt?.problem = problem.text
            return []
        }
    }
}
