using TaskDsl.App.Drafting.Looking;

namespace TaskDsl.App.Drafting;

/// <summary>A record, as the draft's task would read it.</summary>
/// <param name="Row">The record.</param>
/// <param name="Draft">The draft, as far as it is made.</param>
/// <param name="Input">What is asked, as one text; null where a text that must be there is not.</param>
/// <param name="Answer">The answer, as one text; null where there is none.</param>
/// <param name="Earlier">A record before it with the same input, whatever its case and blanks; null where none was seen.</param>
/// <param name="Weight">How many records it stands for, where not all inputs can be remembered; a power of two.</param>
internal sealed record Seen(Row Row, Draft Draft, string? Input, string? Answer, Earlier? Earlier, int Weight);
