namespace TaskDsl.Codecs;

/// <summary>One edit of a text: some of its units, by their place in the text as it was, and what stands in their place.</summary>
/// <param name="Start">The first unit that goes, from 0; where none goes, the one that <paramref name="Text"/> is put before.</param>
/// <param name="End">The unit behind the last that goes.</param>
/// <param name="Text">What comes.</param>
public readonly record struct Edit(int Start, int End, string Text);
