/** One line as the container printed it, with the time that the runtime gave it: RFC 3339 with nine digits. */
export interface LoggedLine {
  readonly time: string;
  readonly text: string;
  /** Without the newline at its end. */
  readonly isTorn?: true;
}

/** What follows a log: told when a line came, when the file was rotated and when the container ended. */
export type Follower = () => void;

/** The log of one run of a container, as the kubelet sees it: only the file that is written now can be read. */
export class InstanceLog {
  /** The file; another array after a rotation. */
  file: LoggedLine[] = [];
  isRunning = true;
  readonly #followers = new Set<Follower>();

  write(...lines: readonly LoggedLine[]): void {
    this.file.push(...lines);
    this.#tell();
  }

  /** The file is renamed and a new one is begun. Streams that are open go on in the old one, and then in the new one. */
  rotate(): void {
    this.file = [];
    this.#tell();
  }

  end(): void {
    this.isRunning = false;
    this.#tell();
  }

  follow(follower: Follower): () => void {
    this.#followers.add(follower);
    return () => void this.#followers.delete(follower);
  }

  #tell(): void {
    for (const follower of this.#followers) follower();
  }
}
