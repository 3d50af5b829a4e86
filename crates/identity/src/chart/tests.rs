use super::*;

fn share(whole: i64, part: i64) -> Share {
    Share {
        says: format!("{part} / {whole}"),
        whole,
        part,
    }
}

/// Where each block stands, and how large it is.
fn blocks(drawing: &Drawing) -> Vec<[&str; 4]> {
    let mut blocks = Vec::new();
    for mark in &drawing.marks {
        if let Mark::Block(it) = mark {
            blocks.push([&it.x, &it.y, &it.width, &it.height].map(String::as_str));
        }
    }
    blocks
}

#[test]
fn the_longest_bar_fills_the_drawing_and_its_part_lies_on_it() {
    let drawing = bars(&[share(40, 10), share(20, 20)]);
    assert_eq!((drawing.width, drawing.height), (100, 56));
    assert_eq!(
        blocks(&drawing),
        [
            ["0.0", "4.0", "100.0", "20.0"],
            ["0.0", "4.0", "25.0", "20.0"],
            ["0.0", "32.0", "50.0", "20.0"],
            ["0.0", "32.0", "50.0", "20.0"],
        ]
    );
    let Some(Mark::Block(whole)) = drawing.marks.first() else {
        panic!("no block");
    };
    assert_eq!(
        (whole.strength.as_str(), whole.says.as_str()),
        ("0.30", "10 / 40")
    );
}

#[test]
fn the_highest_column_fills_the_drawing_from_its_bottom() {
    let drawing = columns(&[share(0, 0), share(4, 1)]);
    assert_eq!((drawing.width, drawing.height), (20, 160));
    assert_eq!(
        blocks(&drawing),
        [
            ["1.0", "160.0", "8.0", "0.0"],
            ["1.0", "160.0", "8.0", "0.0"],
            ["11.0", "0.0", "8.0", "160.0"],
            ["11.0", "120.0", "8.0", "40.0"],
        ]
    );
}

#[test]
fn a_line_breaks_where_there_is_no_value() {
    let drawing = lines(&[Some(0.0), Some(50.0), None, Some(100.0)], 100.0);
    assert_eq!((drawing.width, drawing.height), (40, 160));
    let points = |points: &str| Mark::Line(points.to_owned());
    assert_eq!(
        drawing.marks,
        [points("5.0,160.0 15.0,80.0"), points("33.0,0.0 37.0,0.0")]
    );
}

#[test]
fn a_heat_map_is_strongest_where_there_is_most() {
    let field = |value| Heat {
        says: String::new(),
        value,
    };
    let drawing = heat(&[vec![field(0), field(10)], vec![field(5), field(10)]]);
    assert_eq!((drawing.width, drawing.height), (100, 56));
    assert_eq!(
        blocks(&drawing),
        [
            ["0.0", "1.0", "48.5", "26.0"],
            ["50.0", "1.0", "48.5", "26.0"],
            ["0.0", "29.0", "48.5", "26.0"],
            ["50.0", "29.0", "48.5", "26.0"],
        ]
    );
    let strengths: Vec<&str> = drawing
        .marks
        .iter()
        .map(|mark| match mark {
            Mark::Block(block) => block.strength.as_str(),
            Mark::Line(_) => "",
        })
        .collect();
    assert_eq!(strengths, ["0.06", "1.00", "0.53", "1.00"]);
}

#[test]
fn of_nothing_nothing_is_drawn() {
    for drawing in [bars(&[]), columns(&[]), lines(&[None], 100.0), heat(&[])] {
        assert!(drawing.marks.is_empty(), "{drawing:?}");
    }
}
