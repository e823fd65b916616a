import ZaichikProtocol

extension TopicSettings {
    /// A setting as a person reads it.
    public func text(_ tag: Tag) -> String {
        switch tag {
        case .retention: retention == 0 ? "any age" : FigureText.duration(milliseconds: retention)
        case .historyBytes: FigureText.bytes(historyBytes)
        case .historyCount: historyCount == 0 ? "as the bytes allow" : String(historyCount)
        case .limit: FigureText.bytes(limit)
        case .overflow: overflow.description
        case .deduplicationWindow:
            deduplicationWindow == 0 ? "never" : FigureText.duration(milliseconds: deduplicationWindow)
        case .deduplicationScope: deduplicationScope.description
        }
    }
}
