namespace TaskDsl.Prompts;

/// <summary>A stretch of a rendered prompt.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Start">Its first byte.</param>
/// <param name="Length">Its bytes.</param>
public readonly record struct Segment(SegmentKind Kind, int Start, int Length);
