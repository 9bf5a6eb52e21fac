namespace TaskDsl.Torch.Decoding.Generation;

/// <summary>Chooses one of the tokens that may follow.</summary>
/// <param name="next">The tokens.</param>
/// <param name="place">How many tokens the answer has already.</param>
/// <returns>The place of the chosen one among the scores.</returns>
public delegate int TokenChooser(Continuations next, int place);
