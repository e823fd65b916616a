import ZaichikProtocol

// Acts on the broker itself.
extension LoopShard {
    func actOnBroker(_ errand: ActErrand) {
        switch errand.order.act {
        case .stopAccepting, .accept, .drain, .undrain, .logLevel: errand.refuseAsUnbuilt()
        default: preconditionFailure("\(errand.order.act) is not about the broker")
        }
    }
}
