import ZaichikProtocol

// Acts on queues and on connections.
extension LoopShard {
    func act(_ errand: ActErrand, onQueueOf subject: ActSubject) { errand.refuseAsUnbuilt() }

    func act(_ errand: ActErrand, onConnection subject: ActSubject) { errand.refuseAsUnbuilt() }
}
