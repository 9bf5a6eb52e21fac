using TaskDsl.Data;

namespace TaskDsl.App.Drafting;

/// <summary>What is remembered of a record.</summary>
/// <param name="Answer">The hash of its answer.</param>
/// <param name="Line">The line that it stands on.</param>
/// <param name="Part">The part that its file is; null where none is said.</param>
internal readonly record struct Earlier(ulong Answer, long Line, SplitName? Part);
