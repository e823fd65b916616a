import ZaichikProtocol

// Acts on topics.
extension LoopShard {
    /// - Parameter pattern: The topics that are meant.
    func act(_ errand: ActErrand, onTopics pattern: TopicPattern) {
        switch errand.order.act {
        case .pausePublishes, .resumePublishes, .purgeTopic: errand.refuseAsUnbuilt()
        default: preconditionFailure("\(errand.order.act) is not about topics")
        }
    }
}
