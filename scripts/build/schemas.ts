export async function schemas(_folder: string): Promise<void> {}
