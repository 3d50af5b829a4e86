//! Cells that nobody wrote: the renderer fills every row of a table up to the width of its head, so that a short text
//! may become a quarter of a million cells.

use pulldown_cmark::{Event, Tag, TagEnd};

/// The most empty cells at the ends of rows that a text is shown with; beyond them rows end early.
pub(super) const MOST: usize = 5_000;

/// Walks through a text and leaves out the empty cells at the ends of rows that are too many.
pub(super) struct Cells {
    /// A cell has begun and holds nothing yet.
    is_open: bool,
    /// Empty cells of this row, behind which nothing has come yet.
    held: usize,
    /// How many may still be shown.
    left: usize,
}

impl Default for Cells {
    fn default() -> Self {
        Self {
            is_open: false,
            held: 0,
            left: MOST,
        }
    }
}

impl Cells {
    /// What becomes of an event.
    pub(super) fn pass<'a>(&mut self, event: Event<'a>) -> Vec<Event<'a>> {
        match event {
            Event::Start(Tag::TableCell) => {
                self.is_open = true;
                Vec::new()
            }
            Event::End(TagEnd::TableCell) if self.is_open => {
                self.is_open = false;
                self.held += 1;
                Vec::new()
            }
            Event::End(TagEnd::TableHead | TagEnd::TableRow) => self.end_row(event),
            other if self.is_open => self.fill(other),
            other => vec![other],
        }
    }

    /// A cell holds something: those before it are shown.
    fn fill<'a>(&mut self, first: Event<'a>) -> Vec<Event<'a>> {
        self.is_open = false;
        let mut shown = empty(std::mem::take(&mut self.held));
        shown.extend([Event::Start(Tag::TableCell), first]);
        shown
    }

    fn end_row<'a>(&mut self, end: Event<'a>) -> Vec<Event<'a>> {
        let most = std::mem::take(&mut self.held).min(self.left);
        self.left -= most;
        let mut shown = empty(most);
        shown.push(end);
        shown
    }
}

fn empty(count: usize) -> Vec<Event<'static>> {
    let cell = [Event::Start(Tag::TableCell), Event::End(TagEnd::TableCell)];
    std::iter::repeat_n(cell, count).flatten().collect()
}
