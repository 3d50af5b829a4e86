//! What can be done that leaves an audit row.

hanok_db::text_enum! {
    /// What was done.
    pub enum Action {
        /// A person signed in.
        UserLogin = "USER_LOGIN",
        /// A sign-in was refused.
        UserLoginFailed = "USER_LOGIN_FAILED",
        /// A person signed out.
        UserLogout = "USER_LOGOUT",
        /// A provider asked who a person is.
        AuthRequest = "AUTH_REQUEST",
        /// The person approved.
        AuthCompleted = "AUTH_COMPLETED",
        /// The person denied, or an attempt failed.
        AuthFailed = "AUTH_FAILED",
        /// Nobody answered in time.
        AuthExpired = "AUTH_EXPIRED",
        /// A transaction's status changed otherwise, as by hand-written SQL.
        AuthStatusChange = "AUTH_STATUS_CHANGE",
        /// An account's data changed.
        UserInfoUpdate = "USER_INFO_UPDATE",
        /// A CI or DI was unsealed.
        CiDiAccess = "CI_DI_ACCESS",
        /// An administrator acted.
        AdminAction = "ADMIN_ACTION",
        /// An account was locked.
        AccountLocked = "ACCOUNT_LOCKED",
        /// A lock was lifted.
        AccountUnlocked = "ACCOUNT_UNLOCKED",
        /// A role was granted or taken.
        RoleChange = "ROLE_CHANGE",
        /// Somebody tried what they may not do.
        PermissionDenied = "PERMISSION_DENIED",
        /// A setting changed.
        ConfigChange = "CONFIG_CHANGE",
        /// A password changed.
        PasswordChange = "PASSWORD_CHANGE",
        /// A PIN changed.
        PinChange = "PIN_CHANGE",
        /// A phone was paired.
        DevicePaired = "DEVICE_PAIRED",
        /// A paired phone was revoked.
        DeviceRevoked = "DEVICE_REVOKED",
        /// A masked value was shown.
        DataRevealed = "DATA_REVEALED",
        /// Data left as a file.
        DataExport = "DATA_EXPORT",
        /// A key was rotated.
        KeyRotation = "KEY_ROTATION",
        /// A secret was rotated.
        SecretRotation = "SECRET_ROTATION",
        /// The trail itself was searched, read or exported.
        AuditSearch = "AUDIT_SEARCH",
        /// A person wrote, changed or deleted something on the board.
        BoardChange = "BOARD_CHANGE",
    }
}
