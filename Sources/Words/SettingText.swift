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

extension SessionSettings {
    /// A setting as a person reads it.
    public func text(_ tag: Tag) -> String {
        switch tag {
        case .mode: mode.description
        case .expiry: expiry == 0 ? "with its last connection" : FigureText.duration(milliseconds: expiry)
        case .commitDeadline: commitDeadline == 0 ? "any time" : FigureText.duration(milliseconds: commitDeadline)
        case .attempts: attempts == 0 ? "any number" : String(attempts)
        case .lagMessages: lagMessages == 0 ? "none" : String(lagMessages)
        case .lagBytes: lagBytes == 0 ? "none" : FigureText.bytes(lagBytes)
        case .lagOverflow: lagOverflow.description
        }
    }
}
