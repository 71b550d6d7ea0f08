"""What a browser sees of the simulator: Checkout, the portal, invoices, receipts, 3-D Secure. No scripts anywhere."""
