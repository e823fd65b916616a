import ZaichikProtocol
import ZaichikWords

/// Whether a topic may be deleted without anybody missing it.
enum TopicSafety {
    /// Since so long nobody must have published, in µs.
    private static let quiet: UInt64 = 3600 * Moment.second

    static func lines(_ inspection: TopicInspection, columns: Int) -> [[Span]] {
        guard let detail = inspection.detail else { return [] }
        let reasons = reasons(detail)
        let text =
            reasons.isEmpty
            ? "Safe to delete: nobody reads it or publishes to it, and it keeps nothing."
            : "Not safe to delete: \(reasons.joined(separator: "; "))."
        return TextWidth.words(text, columns: columns).map { [Span($0, reasons.isEmpty ? .good : .text)] }
    }

    /// Why somebody would miss it; empty if nobody would.
    static func reasons(_ detail: TopicDetail) -> [String] {
        let topic = detail.topic
        var reasons: [String] = []
        let readers = detail.readers.matching
        if readers > 0 {
            let absent = detail.readers.rows.count { $0.state == .absent }
            let away = absent > 0 ? ", \(absent) of them absent" : ""
            reasons.append("\(readers) \(readers == 1 ? "client reads" : "clients read") it\(away)")
        }
        let age = topic[.lastPublishAge]
        let publishers = detail.publishers.matching
        if publishers > 0 {
            let last = age > 0 ? ", the last \(FigureText.age(microseconds: age)) ago" : ""
            reasons.append(
                "\(publishers) connected \(publishers == 1 ? "client has" : "clients have") published to it\(last)")
        } else if age > 0, age < quiet {
            reasons.append("somebody published to it \(FigureText.age(microseconds: age)) ago")
        }
        let kept = topic[.retainedMessages]
        if kept > 0 {
            reasons.append("\(NarrowFigure.count(kept)) \(kept == 1 ? "message" : "messages") kept would go")
        }
        let delayed = topic[.delayedMessages]
        if delayed > 0 { reasons.append("\(NarrowFigure.count(delayed)) delayed would go") }
        return reasons
    }
}
