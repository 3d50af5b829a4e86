//! What the people of the demo have written on the board.

use hanok_board::{Board, Fault, FilledCategory, FilledPost};

const CATEGORIES: &[FilledCategory] = &[
    FilledCategory {
        name: "업무 공유",
        description: "진행하는 일과 회의 내용을 나눕니다.",
        team: None,
    },
    FilledCategory {
        name: "홈페이지 개편",
        description: "개편 팀만 읽고 씁니다.",
        team: Some("홈페이지 개편"),
    },
];

/// Makes them, where nothing was written yet.
///
/// # Errors
/// The store's.
pub(crate) async fn fill(board: &Board) -> Result<(), Fault> {
    board.fill(CATEGORIES, POSTS).await
}

const NOTICE: &str = "공지";
const TALK: &str = "자유 게시판";
const WORK: &str = "업무 공유";
const RENEWAL: &str = "홈페이지 개편";

const fn post(
    category: &'static str,
    author: &'static str,
    title: &'static str,
    body: &'static str,
    hours_ago: u32,
    comments: &'static [(&'static str, &'static str)],
) -> FilledPost {
    FilledPost {
        category,
        author,
        title,
        body,
        hours_ago,
        is_announced: false,
        comments,
    }
}

const POSTS: &[FilledPost] = &[
    post(
        NOTICE,
        "admin",
        "한옥을 시작합니다",
        "이제 로그인과 본인 확인, 게시판을 **한옥** 하나로 씁니다.\n\n- 로그인: 휴대폰 승인\n- 게시판: 글과 댓글\n\n궁금한 점은 댓글로 남겨 주세요.",
        900,
        &[
            ("haneul", "기다렸어요!"),
            ("manager", "팀에도 공유했습니다."),
        ],
    ),
    post(
        TALK,
        "haneul",
        "신입 인사드립니다",
        "이번 달에 입사한 김하늘입니다. 앱 파트에서 일합니다. 잘 부탁드립니다!",
        700,
        &[
            ("manager", "환영합니다!"),
            ("admin", "반갑습니다."),
            ("service", "점심 같이 먹어요."),
        ],
    ),
    post(
        NOTICE,
        "admin",
        "명함 신청 받습니다",
        "이번 달 25일까지 신청한 분은 다음 달 초에 받습니다.",
        620,
        &[],
    ),
    post(
        WORK,
        "auditor",
        "개인정보 점검표",
        "분기마다 이 표로 점검합니다.\n\n| 항목 | 주기 |\n| --- | --- |\n| 접근 권한 | 매월 |\n| 보관 기간 | 분기 |",
        580,
        &[("admin", "표가 깔끔하네요.")],
    ),
    post(
        WORK,
        "haneul",
        "테스트 휴대폰 빌려 드립니다",
        "안드로이드 두 대, 아이폰 한 대가 있습니다. 쓰고 나면 충전해 주세요.",
        540,
        &[],
    ),
    post(
        TALK,
        "service",
        "커피 머신 청소 당번",
        "매주 금요일 오후에 청소합니다. 아래 순서대로 부탁드려요.\n\n1. 서비스팀\n2. 앱 파트\n3. 감사팀",
        500,
        &[],
    ),
    post(
        WORK,
        "manager",
        "회의록: 서비스팀 분기 계획",
        "목표는 세 가지입니다.\n\n1. 응답 시간 줄이기\n2. 문의 절반으로 줄이기\n3. 문서 한 번 더 다듬기",
        450,
        &[("service", "2번은 제가 맡겠습니다.")],
    ),
    post(
        NOTICE,
        "admin",
        "회의실 예약 방법이 바뀝니다",
        "3층 회의실은 하루 전까지 예약해 주세요. 예약 없이 쓰면 다른 팀과 겹칠 수 있습니다.",
        400,
        &[
            ("service", "대회의실도 같은가요?"),
            ("admin", "네, 대회의실도 같습니다."),
        ],
    ),
    post(
        WORK,
        "service",
        "제휴사 미팅 메모",
        "다음 달부터 시험 연동을 시작합니다. 담당자는 저입니다.",
        380,
        &[("manager", "일정표에 올려 주세요.")],
    ),
    post(
        WORK,
        "haneul",
        "앱 2.3 변경 내용",
        "- 알림을 더 빨리 보여 줍니다.\n- 글꼴 크기를 따릅니다.\n- 오류 두 개를 고쳤습니다.",
        340,
        &[],
    ),
    post(
        TALK,
        "manager",
        "자전거 거치대가 생겼습니다",
        "지하 1층에 열 대까지 세울 수 있습니다.",
        330,
        &[("service", "드디어!")],
    ),
    post(
        WORK,
        "manager",
        "휴가 신청은 이렇게",
        "휴가 신청은 일주일 전에 올려 주세요. 급한 일은 팀장에게 먼저 말하면 됩니다.",
        300,
        &[("haneul", "반차도 같은가요?"), ("manager", "네, 같습니다.")],
    ),
    post(
        WORK,
        "auditor",
        "3분기 감사 결과",
        "지적 사항은 없습니다. 권한이 오래된 계정 두 개를 정리했습니다.",
        260,
        &[("admin", "수고 많으셨습니다.")],
    ),
    post(
        TALK,
        "auditor",
        "사무실 화분에 물 주는 날",
        "월요일과 목요일에 돌아가며 물을 줍니다. 이번 주는 감사팀 차례입니다.",
        210,
        &[],
    ),
    post(
        RENEWAL,
        "haneul",
        "접근성 점검",
        "키보드만으로 모두 쓸 수 있는지 보고 있습니다. 지금은 메뉴 하나가 남았습니다.",
        190,
        &[("manager", "고맙습니다.")],
    ),
    post(
        TALK,
        "haneul",
        "휴대폰 승인 써 보니",
        "비밀번호를 안 외워도 돼서 편하네요. 숫자를 고르는 방식이라 잘못 누를 일도 적고요.",
        160,
        &[("admin", "의견 고맙습니다.")],
    ),
    post(
        RENEWAL,
        "manager",
        "글꼴 정하기",
        "본문은 본고딕, 제목도 같은 글꼴의 굵은 것으로 합니다.",
        140,
        &[("haneul", "좋습니다.")],
    ),
    post(
        TALK,
        "manager",
        "읽을 만한 책 추천",
        "요즘 읽는 책이 있으면 나눠 주세요. 저는 조선의 목공 이야기를 읽고 있습니다.",
        120,
        &[("auditor", "회계 소설도 재미있어요.")],
    ),
    post(
        RENEWAL,
        "service",
        "가맹점이 바라는 것",
        "연동 안내를 첫 화면에서 바로 찾고 싶어 합니다.",
        90,
        &[],
    ),
    post(
        TALK,
        "service",
        "키보드 나눔",
        "쓰지 않는 기계식 키보드 하나 나눕니다. 갈색 축입니다.",
        75,
        &[("haneul", "저요!"), ("service", "자리로 가져다 드릴게요.")],
    ),
    post(
        WORK,
        "service",
        "가맹점 문의 모음",
        "이번 주에 많이 받은 질문입니다.\n\n- 콜백 주소는 어떻게 바꾸나요?\n- 시험용 키는 어디서 받나요?",
        68,
        &[("manager", "답변은 안내서에 넣겠습니다.")],
    ),
    FilledPost {
        is_announced: true,
        ..post(
            NOTICE,
            "admin",
            "사내 보안 교육 안내",
            "12월 4일까지 **보안 교육**을 들어 주세요. 30분이면 끝납니다.\n\n1. 비밀번호는 혼자만 알기\n2. 모르는 승인 요청은 거부하기\n3. 휴대폰을 잃어버리면 바로 알리기",
            52,
            &[("auditor", "감사팀은 모두 마쳤습니다.")],
        )
    },
    post(
        TALK,
        "auditor",
        "우산 주우신 분?",
        "어제 2층에 검은 우산을 두고 왔습니다. 손잡이에 이름표가 있어요.",
        47,
        &[
            ("haneul", "안내 데스크에 맡겨 두었습니다."),
            ("auditor", "감사합니다!"),
        ],
    ),
    post(
        WORK,
        "haneul",
        "API 응답이 느릴 때 확인할 것",
        "`/health/ready`를 먼저 보고, 그다음 느린 쿼리 로그를 봅니다.\n\n```\nhanok doctor\n```\n\n이 명령이 대부분 알려 줍니다.",
        44,
        &[("service", "API를 쓰는 곳에도 알려야겠네요.")],
    ),
    post(
        NOTICE,
        "admin",
        "연말 휴무 일정",
        "12월 31일부터 1월 2일까지 쉽니다. 급한 일은 당직자에게 연락해 주세요.",
        30,
        &[],
    ),
    post(
        TALK,
        "service",
        "등산 모임 하실 분",
        "토요일 아침 북악산에 오릅니다. 두 시간 코스라 **처음이신 분**도 괜찮습니다.",
        26,
        &[
            ("auditor", "저 갑니다."),
            ("haneul", "비 오면 어떻게 하나요?"),
            ("service", "비 오면 다음 주로 미룹니다."),
        ],
    ),
    post(
        WORK,
        "manager",
        "주간 회의 정리",
        "- 로그인 화면 문구를 고쳤습니다.\n- 다음 주에 새 판을 냅니다.\n- 휴가 일정은 목요일까지 알려 주세요.",
        20,
        &[
            ("haneul", "앱은 수요일까지 준비합니다."),
            ("service", "가맹점 안내문도 같이 보낼게요."),
        ],
    ),
    post(
        RENEWAL,
        "manager",
        "개편 일정",
        "12월 둘째 주에 초안, 셋째 주에 공개합니다.",
        15,
        &[
            ("haneul", "초안은 제가 먼저 올릴게요."),
            ("service", "문구는 저에게 주세요."),
        ],
    ),
    post(
        RENEWAL,
        "haneul",
        "첫 화면 초안",
        "큰 제목 하나와 버튼 하나만 두었습니다. 의견 주세요.",
        12,
        &[("manager", "버튼 색을 조금 진하게 하면 좋겠습니다.")],
    ),
    post(
        TALK,
        "haneul",
        "점심 뭐 드세요?",
        "회사 앞에 새로 생긴 국숫집 가 보신 분 계신가요? 멸치국수가 괜찮다고 들었습니다.",
        5,
        &[
            ("service", "어제 갔는데 줄이 길어요. 11시 40분쯤 가세요."),
            ("haneul", "오늘 가 보겠습니다!"),
            ("manager", "같이 가요."),
        ],
    ),
];
